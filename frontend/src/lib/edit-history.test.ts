import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EditHistory } from "./edit-history";

describe("EditHistory", () => {
  it("goes all the way back and forth again", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 50 }), (states) => {
        const history = new EditHistory<number>();
        let present = -1;
        for (const state of states) {
          history.record(present);
          present = state;
        }
        const last = present;
        for (let step = 0; step < states.length; step += 1) present = history.undo(present) ?? present;
        expect(present).toBe(-1);
        expect(history.undo(present)).toBeNull();
        for (let step = 0; step < states.length; step += 1) present = history.redo(present) ?? present;
        expect(present).toBe(last);
        expect(history.canRedo).toBe(false);
      }),
    );
  });

  it("takes the drag of a slider as one step, and two drags as two", () => {
    let now = 0;
    const history = new EditHistory<number>(() => now);
    for (const value of [0, 1, 2]) {
      history.record(value, "slider");
      now += 50;
    }
    now += 2000;
    history.record(3, "slider");
    expect(history.undo(4)).toBe(3);
    expect(history.undo(3)).toBe(0);
    expect(history.undo(0)).toBeNull();
  });

  it("carries what changed by itself into what can be undone and done again", () => {
    const history = new EditHistory<string>();
    history.record("a");
    history.record("ab");
    expect(history.undo("abc")).toBe("ab");
    history.adapt((text) => `${text}!`);
    expect(history.undo("ab!")).toBe("a!");
    expect(history.redo("a!")).toBe("ab!");
    expect(history.redo("ab!")).toBe("abc!");
  });

  it("forgets what was undone once something else is done", () => {
    const history = new EditHistory<string>();
    history.record("a");
    expect(history.undo("b")).toBe("a");
    history.record("a");
    expect(history.redo("c")).toBeNull();
    expect(history.canUndo).toBe(true);
  });
});
