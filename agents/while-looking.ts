// Looks every second at something that is under way. A look that fails is the next one's business: it never ends the work.
const everyMs = 1_000;

export async function whileLooking<T>(look: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch(() => {})
      .finally(() => {
        isLooking = false;
      });
  }, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
