// What of a program's output is worth the terminal: warnings and errors, told by pino's level or by being on stderr.
import { z } from 'zod';

const warningLevel = 40;

const PinoLine = z.object({
  level: z.number(),
  msg: z.string().optional(),
  err: z.object({ message: z.string() }).optional(),
});

/** The text for the terminal, or undefined for what only the log keeps. */
export function summarizeLine(line: string, stream: 'stdout' | 'stderr'): string | undefined {
  const record = parsePino(line);
  if (!record) return stream === 'stderr' && line.trim() !== '' ? line : undefined;
  if (record.level < warningLevel) return undefined;
  const parts = [record.msg, record.err?.message].filter((part) => part !== undefined);
  return [...new Set(parts)].join(': ') || line;
}

function parsePino(line: string): z.infer<typeof PinoLine> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return PinoLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
