// The engine hands the message of a panic to a global of this name before it traps. Without it the process would end
// quietly and the CLI would report success.
let message;

globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message(text) {
    message = text;
  },
};

/** @returns {string | undefined} */
export function panicMessage() {
  return message;
}

process.on('uncaughtException', (error) => {
  const told = message ?? error.stack ?? String(error);
  process.stderr.write(`${JSON.stringify({ level: 'ERROR', fields: { message: told } })}\n`, () =>
    process.exit(1),
  );
});
