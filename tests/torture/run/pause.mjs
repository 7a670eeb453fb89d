/** A pause of a load or of a fault; never a way to wait for what has to come. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
