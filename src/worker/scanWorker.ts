/**
 * Entry of the further threads of a run: does scan jobs, and loads nothing else. With the analysis thread's bundle a thread took
 * 4.5 MB more.
 */
import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { serveScanJobs, type ScanThreadData } from "./scanThreads";

if (!parentPort) throw new Error("The scan thread was started outside a worker.");
letOthersGoFirst();
serveScanJobs(workerData as ScanThreadData, parentPort);

/** Where processors are scarce the editor goes first. On Linux a thread has a priority of its own; elsewhere it would be the whole process's. */
function letOthersGoFirst(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here: then it is one among others.
  }
}
