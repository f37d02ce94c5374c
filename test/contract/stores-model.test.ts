import { wallTime } from "#src/base/units.ts";
import { type Holder, SimDisk } from "#src/sim/sim-disk.ts";
import { MetricFile, SimMetricStore } from "#src/sim/sim-metric-store.ts";
import { openSimRegionStore, RegionFile } from "#src/sim/sim-region-store.ts";
import { SimStateStore, StateFile } from "#src/sim/sim-state-store.ts";
import { metricStoreContract } from "./metric-store.contract.ts";
import { regionStoreContract } from "./region-store.contract.ts";
import { stateStoreContract } from "./state-store.contract.ts";

/** Processes that hold a file one after the other; a kill leaves nobody alive, and no good-bye. */
function holders<S extends { close(): void }>(open: (holder: Holder) => S) {
  let holder = { alive: true };
  let store = open(holder);
  return {
    first: store,
    reopen(kill = false): S {
      if (kill) holder.alive = false;
      else store.close();
      holder = { alive: true };
      store = open(holder);
      return store;
    },
    openSecond: () => open({ alive: true }),
    close: () => store.close(),
  };
}

metricStoreContract("modelled", () => {
  const disk = new SimDisk();
  const file = new MetricFile();
  const { first, reopen, close } = holders((holder) => new SimMetricStore(file, disk, holder));
  return {
    store: first,
    reopen,
    close,
    fillDisk: () => {
      disk.state = "full";
    },
    freeDisk: () => {
      disk.state = "sound";
    },
  };
});

stateStoreContract("modelled", () => {
  const disk = new SimDisk();
  const file = new StateFile();
  const now = wallTime(0);
  const { first, ...bench } = holders((holder) => new SimStateStore({ file, disk, holder, now }));
  return { store: first, ...bench };
});

regionStoreContract("modelled", () => {
  const disk = new SimDisk();
  const file = new RegionFile();
  const { first, ...bench } = holders((holder) => openSimRegionStore(file, disk, holder));
  return { store: first, ...bench };
});
