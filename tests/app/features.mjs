// node features.mjs MODULE NETWORK PHOTO...: writes PHOTO.features and PHOTO.inputs of each photo, a
// file N.WIDTHxHEIGHT.rgba. node features.mjs --module: which module this Node runs.
import { readFile, writeFile } from "node:fs/promises";
import { Engine } from "../../app/engine/engine.js";

const [module, network, ...photos] = process.argv.slice(2);
if (module === "--module") {
  console.log(Engine.moduleName());
} else {
  const engine = await Engine.load({
    module: await readFile(module),
    network: await readFile(network),
  });
  for (const photo of photos) {
    const [width, height] = photo.match(/\.(\d+)x(\d+)\.rgba$/).slice(1).map(Number);
    const rgba = new Uint8ClampedArray(await readFile(photo));
    await writeFile(`${photo}.features`, engine.features(rgba, width, height));
    await writeFile(`${photo}.inputs`, engine.inputs());
  }
}
