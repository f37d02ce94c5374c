import { type Millis, millis } from "#src/base/units.ts";
import type { Settings } from "./simc.ts";

/**
 * PI settings from ultimate gain and period: Kc = Ku/3.2, Ti = 2.2·Pu, after Tyreus and Luyben, Ind. Eng.
 * Chem. Res. 31 (1992) 2625. Calmer than those of Ziegler and Nichols, which swing by two thirds.
 */
export const tyreusLuyben = (ultimateGain: number, ultimatePeriod: Millis): Settings => ({
  gain: ultimateGain / 3.2,
  integralTime: millis(2.2 * ultimatePeriod),
});
