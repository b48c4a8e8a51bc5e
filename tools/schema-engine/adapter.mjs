// @prisma/adapter-pg, repaired where the schema engine needs more of it than Prisma's client does.
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';

/** pg's one-byte "char", in which the catalogue keeps kinds and flags. */
const charOid = 18;
const textOid = 25;

/**
 * @param {string} connectionString
 */
export async function openAdapter(connectionString) {
  const schema = new URL(connectionString).searchParams.get('schema') ?? undefined;
  // One connection: the advisory lock, SET and the script belong to one session, as in the native engine.
  const adapter = await new PrismaPg({ connectionString, max: 1 }, { schema }).connect();
  readCharColumns(adapter);
  sendScriptsWhole(adapter);
  return adapter;
}

/**
 * The adapter refuses "char" columns. They must reach the engine as Character: taken as text, they make it panic on
 * PostgreSQL 18, where NOT NULL is a constraint of its own.
 */
function readCharColumns(adapter) {
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  const charColumns = new WeakMap();
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    const indexes = (result.fields ?? []).flatMap((field, index) =>
      field.dataTypeID === charOid ? [index] : [],
    );
    for (const index of indexes) result.fields[index].dataTypeID = textOid;
    if (indexes.length > 0) charColumns.set(result.rows, indexes);
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of charColumns.get(result.rows) ?? [])
      result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
}

/** The adapter splits scripts at every semicolon, which breaks functions, DO blocks, strings and comments. */
function sendScriptsWhole(adapter) {
  adapter.executeScript = async (script) => {
    try {
      await adapter.underlyingDriver().query(script);
    } catch (error) {
      adapter.onError(error);
    }
  };
}
