/* What the scripts of the workers find beside them: they are parts of one script, or are loaded by it. */
declare function createInstance(options: Record<string, any>): Promise<any>;
declare const BatonLibrary: typeof import('./runtime/library.js');
declare var BatonProcesses: any;
declare var serveFetches: (kernel: any, node: boolean, ownAddress: string) => void;
