// Node runs no TypeScript in a thread by itself: this registers tsx there, then becomes the script named by the first argument.
import { register } from 'tsx/esm/api';

register();
await import(process.argv[2]);
