/**
 * The command line of the native engine, as far as the Prisma CLI uses it.
 * @param {string[]} argv
 */
export function parseArguments(argv) {
  const datamodels = [];
  let datasource;
  let databaseCommand;
  let isVersionAsked = false;
  const rest = [...argv];
  while (rest.length > 0) {
    const argument = rest.shift();
    if (argument === '--version' || argument === '-V') isVersionAsked = true;
    else if (argument === '--datamodels' || argument === '-d') datamodels.push(rest.shift());
    else if (argument === '--datasource') datasource = JSON.parse(rest.shift());
    else if (argument === 'cli') databaseCommand = rest.shift();
    else if (argument === '--enabled-preview-features' || argument === '--extension-types') rest.shift();
  }
  return {
    datamodels,
    databaseCommand,
    isVersionAsked,
    url: datasource?.url ?? process.env.DATABASE_URL,
    shadowDatabaseUrl: datasource?.shadowDatabaseUrl,
  };
}
