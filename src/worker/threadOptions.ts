/** How threads are started: imported by the host too, and so apart from what they do. */

/**
 * Reading makes much short-lived garbage: kept small, it costs 20 MB less at the peak than 16 MB would, and 4 less than 4 MB (1 GB
 * file, 3 M rows), and no time, nor do the detectors; 1 MB saves nothing more. What the process was told to load first (`--import`)
 * concerns no thread, and would cost each 0.1 s.
 */
export const THREAD_OPTIONS = { resourceLimits: { maxYoungGenerationSizeMb: 2 }, execArgv: [] };
