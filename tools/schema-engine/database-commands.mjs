// `cli can-connect-to-database`, `create-database` and `drop-database`: asked for before migrations.
import { writeSync } from 'node:fs';
import pg from 'pg';

const commands = {
  'can-connect-to-database': async ({ url }) => {
    await withClient(url, () => undefined);
    return 'Connection successful';
  },
  'create-database': async ({ url, name }) => {
    await runOnMaintenanceDatabase(url, `CREATE DATABASE ${quote(name)}`);
    return `Database '${name}' was successfully created.`;
  },
  'drop-database': async ({ url, name }) => {
    await runOnMaintenanceDatabase(url, `DROP DATABASE ${quote(name)} WITH (FORCE)`);
    return 'The database was successfully dropped.';
  },
};

/**
 * @param {string} command
 * @param {string | undefined} connectionString
 * @returns {Promise<number>} the exit code
 */
export async function runDatabaseCommand(command, connectionString) {
  const run = commands[command];
  if (!run) return reportFailure('P0000', `Unknown subcommand ${command}`);
  const url = new URL(connectionString);
  const name = decodeURIComponent(url.pathname.slice(1)) || 'postgres';
  try {
    console.log(await run({ url, name }));
    return 0;
  } catch (error) {
    const { code, message } = explain(error, { name, host: `${url.hostname}:${url.port || 5432}` });
    return reportFailure(code, message);
  }
}

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function runOnMaintenanceDatabase(url, sql) {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  return withClient(maintenance, (client) => client.query(sql));
}

export function quote(name) {
  return `"${name.replaceAll('"', '""')}"`;
}

/** PostgreSQL's and the network's codes, told as the Prisma codes that the CLI acts upon. */
function explain(error, { name, host }) {
  switch (error.code) {
    case '3D000':
      return { code: 'P1003', message: `Database \`${name}\` does not exist` };
    case '42P04':
      return {
        code: 'P1009',
        message: `Database \`${name}\` already exists on the database server at \`${host}\``,
      };
    case '28P01':
    case '28000':
      return { code: 'P1000', message: `Authentication failed against database server at \`${host}\`` };
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
      return { code: 'P1001', message: `Can't reach database server at \`${host}\`` };
    default:
      return { code: 'P1010', message: error.message || String(error) };
  }
}

/** The CLI drops the first line of stderr and reads every other one as JSON. */
function reportFailure(code, message) {
  const lines = [
    { level: 'INFO', target: 'schema_engine', fields: { message: 'start' } },
    {
      timestamp: new Date().toISOString(),
      level: 'ERROR',
      target: 'schema_engine::logger',
      fields: { is_panic: false, error_code: code, message },
    },
  ];
  writeSync(2, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return 1;
}
