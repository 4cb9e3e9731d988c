import type { ControlRegion, Region } from "../contract.ts";

/** Whether a region says something about a control; a relation between two regions does not. */
export function isControlRegion(region: Region): region is ControlRegion {
  return region.type !== "relation";
}

/** Returns the regions of one control. @param name of the control */
export function regionsOfControl(regions: readonly Region[], name: string): ControlRegion[] {
  return regions.filter(isControlRegion).filter(({ from_name }) => from_name === name);
}
