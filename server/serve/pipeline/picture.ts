/** One picture, its channels interleaved row by row, unless `planes` says that they are stored one after the other. */
export interface Picture {
  width: number;
  height: number;
  channels: 1 | 3;
  /** Pixels of 0 to 255, or other numbers. */
  data: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  planes: boolean;
}
