// Reads a Server-Sent-Events body message by message; used by tests and benchmarks that stand in for a browser.
export type SseMessage = { id: string | null; event: string; data: unknown };

/** Yields messages until the body ends. Comments are skipped. */
export async function* readSse(body: ReadableStream<Uint8Array>): AsyncGenerator<SseMessage> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const message = parse(part);
        if (message) yield message;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function parse(part: string): SseMessage | null {
  const fields = new Map(
    part
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  const parsed: unknown = JSON.parse(data);
  return { id: fields.get('id') ?? null, event: fields.get('event') ?? 'message', data: parsed };
}
