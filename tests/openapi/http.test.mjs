// Who may ask, and what is no request: refused as described, whatever the operation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, callRaw } from './support/call.mjs';
import { checkAnswer, checkProblemExamples, each, expectRefusal } from './support/check.mjs';
import { startDescribed } from './support/described.mjs';
import { requestFor, withHeaders } from './support/requests.mjs';

let service;
before(async () => (service = await startDescribed()));
after(() => service?.stop());

test('a host that the service does not answer for, but where probes ask', async () => {
  const foreign = (operation) => withHeaders(requestFor(operation), { Host: 'example.org' });
  const refuses = (operation) => operation.gives('UNKNOWN_HOST');
  await each(service, 26, refuses, (operation) => expectRefusal(service, operation, foreign(operation), 'UNKNOWN_HOST'));
  await each(service, 2, (operation) => !refuses(operation), async (operation) => {
    const answer = await call(service.port, foreign(operation));
    checkAnswer(service.description, operation, answer);
    assert.equal(answer.status, 200, operation.id);
  });
});

test('no host, several hosts, a malformed target, an unknown transfer coding, a body and a header that are too large', () =>
  each(service, 28, () => true, async (operation) => {
    const { method, path } = requestFor(operation);
    const host = 'Host: localhost\r\n';
    const send = async (target, headers, reason) => {
      const answer = await callRaw(service.port, `${method} ${target} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
      assert.equal(checkAnswer(service.description, operation, answer).reason, reason);
    };
    await send(path, '', 'MISSING_HOST');
    await send(path, host + host, 'SEVERAL_HOSTS');
    await send(`${path}${path.includes('?') ? '&' : '?'}x=%zz`, host, 'MALFORMED_TARGET');
    await send(path, `${host}Bad Header: x\r\n`, 'MALFORMED_REQUEST');
    await send(path, `${host}Transfer-Encoding: gzip, chunked\r\n`, 'UNSUPPORTED_TRANSFER_CODING');
    await send(path, `${host}Expect: 200-ok\r\n`, 'UNSUPPORTED_EXPECTATION');
    await send(path, `${host}Content-Length: 999999999\r\n`, 'BODY_TOO_LARGE');
    await send(path, `${host}X-Long: ${'x'.repeat(70_000)}\r\n`, 'HEADER_TOO_LARGE');
  }));

test('a page of another origin, where something may change; elsewhere it may ask', () =>
  each(service, 28, () => true, async (operation) => {
    for (const headers of [{ Origin: 'https://example.org', Host: 'localhost' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
      const request = withHeaders(requestFor(operation), headers);
      if (operation.gives('FOREIGN_ORIGIN')) {
        await expectRefusal(service, operation, request, 'FOREIGN_ORIGIN');
      } else {
        assert.notEqual(checkAnswer(service.description, operation, await call(service.port, request))?.status, 403);
      }
    }
  }));

test('a method that the path does not take, and a path where nothing is', async () => {
  const paths = [...new Set(service.description.operations.map(({ path }) => path))];
  for (const path of paths) {
    const operations = service.description.operations.filter((operation) => operation.path === path);
    const described = operations.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    const target = requestFor(operations[0]).path;
    const options = await call(service.port, { method: 'OPTIONS', path: target });
    assert.equal(options.status, 204);
    assert.deepEqual(options.headers.allow.split(', '), [...described, 'OPTIONS']);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !described.includes(one))) {
      const answer = await call(service.port, { method, path: target });
      assert.equal(checkAnswer(service.description, undefined, answer).reason, 'METHOD_NOT_ALLOWED', `${method} ${path}`);
      assert.equal(answer.headers.allow, options.headers.allow);
    }
  }
  await expectRefusal(service, undefined, { method: 'GET', path: '/nothing/here' }, 'NOT_FOUND');
});

test('these refusals read as their examples', () =>
  checkProblemExamples(
    service.description, ['NOT_FOUND', 'UNKNOWN_HOST', 'HEADER_TOO_LARGE', 'UNSUPPORTED_TRANSFER_CODING', 'UNSUPPORTED_EXPECTATION'],
    ['FOREIGN_ORIGIN', 'METHOD_NOT_ALLOWED', 'BODY_TOO_LARGE']));
