/* What the build makes of files that are not modules. */
declare module '*.py' {
  const text: string;
  export default text;
}
declare module '*.css' {
  const text: string;
  export default text;
}
/** What library.json says: the pieces of the library. */
declare const LIBRARY_INDEX: { pieces: import('./runtime/library.js').Piece[]; processes: number };
