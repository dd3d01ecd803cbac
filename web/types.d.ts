/* What the build makes of files that are not modules. */
declare module '*.py' {
  const text: string;
  export default text;
}
declare module '*.css' {
  const text: string;
  export default text;
}
