// page.js: both engines in one page, on one thread. run.py calls window.bench.
import { Engine } from "./engine/engine.js";
import * as ort from "./ort/ort.wasm.min.mjs";

const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("./ort/", location.href).href;

let engines; // by name: runs a photo, and returns its features
let side;
let tensor;

// A photo of the network's size, so that neither engine has to resize it.
function photo() {
  const rgba = new Uint8ClampedArray(4 * side * side);
  let state = 1;
  for (let at = 0; at < rgba.length; at += 1) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const wave = 90 * Math.sin(at / 977) + 30 * Math.cos(at / 4 / side);
    rgba[at] = at % 4 === 3 ? 255 : 127 + wave + (state >> 26);
  }
  return rgba;
}

// The other engine gets its tensor ready made: only the network is timed.
function tensorOf(rgba) {
  const plane = side * side;
  const values = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel += 1) {
    for (let c = 0; c < 3; c += 1) values[c * plane + pixel] = (rgba[4 * pixel + c] - 127) / 128;
  }
  return new ort.Tensor("float32", values, [1, 3, side, side]);
}

async function load(options) {
  side = options.side;
  const rgba = photo();
  tensor = tensorOf(rgba);
  const network = await bytes("network.bin");
  const ours = await Engine.load({ module: await bytes(Engine.moduleName()), network });
  const plain = await Engine.load({ module: await bytes("engine.wasm"), network });
  const session = await ort.InferenceSession.create(await bytes("network.onnx"), {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  engines = {
    ours: () => ours.features(rgba, side, side),
    plain: () => plain.features(rgba, side, side),
    ort: async () => (await session.run({ [input]: tensor }))[output].data,
  };
  const names = Object.keys(engines);
  const features = {};
  for (const name of names) features[name] = await engines[name]();
  const largest = features.ort.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const differences = {};
  for (const name of names) {
    differences[name] =
      features[name].reduce((most, v, at) => Math.max(most, Math.abs(v - features.ort[at])), 0) /
      largest;
  }
  return { module: Engine.moduleName(), differences };
}

// Milliseconds a photo.
async function time(name, photos) {
  const begin = performance.now();
  for (let at = 0; at < photos; at += 1) await engines[name]();
  return (performance.now() - begin) / photos;
}

window.bench = { load, time };
document.documentElement.dataset.ready = "true";
