/** A WAV file of mono 16-bit samples: a tone that comes and goes over a little noise. */
export function toneWav(seconds: number, sampleRateHz: number): Buffer {
  const samples = Math.round(seconds * sampleRateHz);
  const data = Buffer.alloc(44 + samples * 2);
  data.write("RIFF", 0);
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write("WAVEfmt ", 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(sampleRateHz, 24);
  data.writeUInt32LE(sampleRateHz * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write("data", 36);
  data.writeUInt32LE(samples * 2, 40);
  let seed = 7;
  for (let index = 0; index < samples; index += 1) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const noise = (seed / 2 ** 32 - 0.5) * 400;
    const second = index / sampleRateHz;
    const loud = Math.floor(second) % 4 === 0 ? 8000 : 300;
    data.writeInt16LE(Math.round(loud * Math.sin(2 * Math.PI * 440 * second) + noise), 44 + index * 2);
  }
  return data;
}
