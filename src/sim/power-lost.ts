/**
 * The machine lost its power in the middle of a call: its processes are dead already, and this
 * unwinds the one that asked. It is no fault of the world that anybody may handle.
 */
export class PowerLost extends Error {
  override readonly name = "PowerLost";

  constructor() {
    super("the machine lost its power");
  }
}
