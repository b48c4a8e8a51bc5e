// The control plane's log: one JSON line for each message, on standard output.
import pino from 'pino';

export const log = pino({
  level: 'info',
  // Errors are logged under `error`, with their stack and causes.
  serializers: { error: pino.stdSerializers.errWithCause },
});
