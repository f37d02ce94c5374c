import { openStateStore } from "#src/adapters/sqlite-state-store.ts";
import { sqliteBench } from "./sqlite-bench.ts";
import { stateStoreContract } from "./state-store.contract.ts";

stateStoreContract("SQLite", () => {
  const bench = sqliteBench("state.db", openStateStore);
  let store = bench.open();
  return {
    store,
    reopen(kill) {
      store = bench.reopen(store, kill);
      return store;
    },
    openSecond: () => bench.open(),
    close: () => bench.close(),
  };
});
