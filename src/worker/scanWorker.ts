/**
 * Entry of the further threads of a run: does scan jobs, and loads nothing else. With the analysis thread's bundle a thread took
 * 4.5 MB more.
 */
import { parentPort, workerData } from "node:worker_threads";
import { serveScanJobs, type ScanThreadData } from "./scanThreads";

if (!parentPort) throw new Error("The scan thread was started outside a worker.");
serveScanJobs(workerData as ScanThreadData, parentPort);
