import assert from "node:assert/strict";
import { NO_FOCUS, type Focus } from "../../../src/shared/selection";
import { PanelFocus } from "../../../webview/panelFocus";
import type { HostConnection } from "../../../webview/requests";

const range = (fromSec: number): Focus => ({ filter: "", range: { clock: "capture", fromSec, toSec: fromSec + 60 } });

/** A page's focus, what it was told to show, and a host that answers when the test says so. */
function setup() {
  const shown: Focus[] = [];
  const questions: { focus: Focus; answer: () => void; refuse: () => void }[] = [];
  const ask: HostConnection["ask"] = (request) =>
    new Promise((resolve, reject) => {
      assert.equal(request.type, "focus/set");
      if (request.type !== "focus/set") return;
      const { focus } = request;
      const answer = () => {
        page.changed(focus);
        resolve({ type: "request/done", id: questions.length });
      };
      questions.push({ focus, answer, refuse: () => reject(new Error("refused")) });
    });
  const page: PanelFocus = new PanelFocus({ ask }, () => shown.push(page.current));
  page.opened(NO_FOCUS);
  return { page, shown, questions };
}

describe("A page's focus", () => {
  it("is shown when it was set elsewhere, once", () => {
    const { page, shown } = setup();
    page.changed(range(1));
    page.changed(range(1));
    assert.deepEqual(shown, [range(1)]);
  });

  it("is shown when the host has taken what was set here", async () => {
    const { page, shown, questions } = setup();
    const set = page.setRange(range(1).range);
    assert.deepEqual(page.current, range(1));
    assert.deepEqual(shown, []);
    questions[0].answer();
    await set;
    assert.deepEqual(shown, [range(1)]);
  });

  it("is the last one that was set here, whatever is said of the ones before", async () => {
    const { page, shown, questions } = setup();
    const sets = [page.set(range(1)), page.set(range(2))];
    questions[0].answer();
    await sets[0];
    assert.deepEqual([page.current, shown], [range(2), []]);
    questions[1].answer();
    await sets[1];
    assert.deepEqual(shown, [range(2)]);
  });

  it("stays what the host holds when that refuses", async () => {
    const { page, shown, questions } = setup();
    page.changed(range(1));
    const set = page.set(range(2));
    questions[0].refuse();
    await assert.rejects(set, /refused/);
    assert.deepEqual([page.current, shown], [range(1), [range(1), range(1)]]);
  });

  it("is shown again when the same was set here once more: the chart may have been turned away from it", async () => {
    const { page, shown, questions } = setup();
    page.changed(range(1));
    const set = page.set(range(1));
    questions[0].answer();
    await set;
    assert.deepEqual(shown, [range(1), range(1)]);
  });
});
