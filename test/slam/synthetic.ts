export * from '../../bench/loops/corridor-world.ts';
