/** Work that a view waits for, as the moving line above its content. */
import * as vscode from "vscode";
import { views } from "../ids";

/** The same work; while it lasts, the view of sequence numbers, which it will fill, shows that something is coming. */
export const withViewProgress =
  <Request, Outcome>(run: (request: Request) => Promise<Outcome>) =>
  async (request: Request): Promise<Outcome> =>
    vscode.window.withProgress({ location: { viewId: views.sequences } }, () => run(request));
