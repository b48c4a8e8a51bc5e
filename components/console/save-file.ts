/** Hands a file that was made on this page to the browser's downloads. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Revoked after the click was handled, or the browser finds nothing to save.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
