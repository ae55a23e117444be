import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  logLevel: 'warn',
  build: {
    outDir: 'build',
    emptyOutDir: true,
    target: 'es2022',
    // three.js is most of the page and arrives in one piece; 700 kB here are 180 kB on the wire.
    chunkSizeWarningLimit: 1000,
  },
});
