import { openRegionStore } from "#src/adapters/sqlite-region-store.ts";
import { regionStoreContract } from "./region-store.contract.ts";
import { sqliteBench } from "./sqlite-bench.ts";

regionStoreContract("SQLite", () => {
  const bench = sqliteBench("region.db", openRegionStore);
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
