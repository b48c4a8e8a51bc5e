// Only a file that is not there counts as missing. Whatever else keeps one from being read (no rights, a bad disk, no file handles left)
// says nothing about what is in it, so it stays an error.

/** For `.catch()`: answers `instead` where the file or a folder above it does not exist, throws every other error again. */
export function ifMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead;
    throw error;
  };
}
