// node errors.mjs MODULE NETWORK: prints the message of each call that must fail, a JSON object.
import { readFile } from "node:fs/promises";
import { Engine } from "../../app/engine/engine.js";

const [modulePath, networkPath] = process.argv.slice(2);
const module = await readFile(modulePath);
const network = await readFile(networkPath);

async function messageOf(call) {
  try {
    await call();
  } catch (error) {
    return error.message;
  }
  return null;
}

const damaged = Uint8Array.from(network);
damaged[0] ^= 1;
const engine = await Engine.load({ module, network });
const photo = new Uint8ClampedArray(4 * 5 * 7).fill(200);
const before = engine.features(photo, 5, 7);
const messages = {
  damaged: await messageOf(() => Engine.load({ module, network: damaged })),
  cut: await messageOf(() => Engine.load({ module, network: network.subarray(0, 1000) })),
  pixels: await messageOf(() => engine.features(photo, 5, 8)),
  empty: await messageOf(() => engine.features(new Uint8ClampedArray(0), 0, 0)),
  missing: await messageOf(() =>
    Engine.load({ module: new Response("", { status: 404 }), network }),
  ),
};
// An error leaves the engine as it was.
messages.same = engine.features(photo, 5, 7).every((value, at) => value === before[at]);
messages.streamed = await messageOf(() =>
  Engine.load({
    module: new Response(module, { headers: { "Content-Type": "application/wasm" } }),
    network,
  }),
);
console.log(JSON.stringify(messages));
