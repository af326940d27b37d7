//! Which file is which where an edit also moves files. Knows nothing of VS Code.

/** A file or folder that goes elsewhere, both as URIs. */
export interface Rename {
  from: string;
  to: string;
}

/** Where a file is after `renames`, in their order. */
export function after(uri: string, renames: readonly Rename[]): string {
  return renames.reduce((at, { from, to }) => moved(at, from, to), uri);
}

/** Where a file was before `renames`. */
export function before(uri: string, renames: readonly Rename[]): string {
  return renames.reduceRight((at, { from, to }) => moved(at, to, from), uri);
}

function moved(uri: string, from: string, to: string): string {
  return uri === from || uri.startsWith(`${from}/`) ? to + uri.slice(from.length) : uri;
}
