# The source of verger.ipynb (Jupyter) and verger.zpln (Zeppelin): python tools/make_notebooks.py
# ruff: noqa: E402  a notebook imports where it begins to need something

# %% [markdown]
# # Verger on Spark: from photos of fruit to a map of them
#
# A pretrained network turns each photo into a vector of numbers, its *features*. A principal
# component analysis (PCA) finds the directions in which photos differ most. Everything runs on
# Spark, on this machine or on a cluster, by three calls: `extract`, `fit`, `project`.
#
# Needed: PySpark 3.3 or later with pandas below 3, the wheel `verger` on every node, and
# matplotlib here.

# %% [markdown]
# ## Photos
#
# The folder that holds a photo names its label: `orchard/Apple/Apple Golden 1/0_100.jpg` is an
# *Apple Golden 1*.
#
# - No photos? `make demo` draws an orchard of 640 into `build/orchard`.
# - Real ones: [Fruits-360](https://github.com/fruits-360), the repository with photos of 100 ×
#   100 pixels.
# - On a cluster every node must see them: `s3://BUCKET/Data`.
#
# `OUT` is a folder of this notebook's own: what is in it is overwritten.

# %%
import os

PHOTOS = os.environ.get("VERGER_PHOTOS", "../build/orchard")
OUT = os.environ.get("VERGER_OUT", "../build/notebook")
MODEL = os.environ.get("VERGER_MODEL")  # None: EfficientNet-Lite0, which is in the wheel

# %% [markdown]
# ## The session
#
# `configured()` is `SparkSession.builder` with the settings that photos need, such as the batch
# size. If a session already exists, as in Zeppelin, it is used, and only the settings that a
# running session can change are set.

# %%
from verger import spark as verger_spark

spark = verger_spark.configured().appName("orchard").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
print("Spark", spark.version)

# %% [markdown]
# ## Load
#
# Spark only lists the photos here. It reads them when an action needs their `content`.

# %%
from pyspark.sql import functions as F

photos = (
    spark.read.format("binaryFile")
    .option("recursiveFileLookup", "true")
    .option("pathGlobFilter", "*.{jpg,jpeg,png,webp,JPG,JPEG,PNG,WEBP}")
    .load(PHOTOS)
    .select("path", F.element_at(F.split("path", "/"), -2).alias("label"), "content")
)
photos.groupBy("label").count().orderBy("label").show(20, truncate=False)

# %% [markdown]
# ## A look at some
#
# The first photo of each label, of up to 16 labels.

# %%
import io
import textwrap

import matplotlib.pyplot as plt
from PIL import Image

firsts = photos.groupBy("label").agg(F.min("path").alias("path")).orderBy("label").take(16)
read = spark.read.format("binaryFile").load([first.path for first in firsts])
contents = {photo.path: photo.content for photo in read.collect()}

figure, places = plt.subplots(2, 8, figsize=(12, 4), layout="constrained")
for place in places.flat:
    place.axis("off")
for number, first in enumerate(firsts):
    place = places.flat[number]
    place.set_title(textwrap.fill(first.label, 16), fontsize=10, y=-0.05, va="top")
    try:
        place.imshow(Image.open(io.BytesIO(contents[first.path])))
    except OSError:
        place.set_box_aspect(1)
        place.text(0.5, 0.5, "cannot\nbe decoded", ha="center", va="center")
plt.show()

# %% [markdown]
# ## Extract: photos to features
#
# `extract` replaces `content` by `features` and `error`. Photos are decoded, resized and run
# through the network where they are, in the Python workers of the executors (`mapInArrow`); no
# photo is shuffled. A network from a file (`MODEL = "resnet50"`, or a `.h5` or `.onnx` file) is
# broadcast: its bytes are sent once to each executor, and each Python worker opens them once. The
# default network needs no broadcast, because every node has it in the wheel.
#
# Spark is lazy, and would extract again for each of the steps below. Written to Parquet, features
# are extracted once.

# %%
verger_spark.extract(photos, model=MODEL).write.mode("overwrite").parquet(f"{OUT}/features")

features = spark.read.parquet(f"{OUT}/features")
features.printSchema()

# %% [markdown]
# ## Rejects
#
# A photo that cannot be decoded is a row with an `error` and no features. It never fails the job.

# %%
rejects = features.where("error IS NOT NULL")
print(f"{features.count():,} photos, {rejects.count():,} rejected")
rejects.groupBy("error").count().orderBy(F.desc("count")).show(20, truncate=False)

# %% [markdown]
# ## Fit: features to a PCA
#
# `components=0.95` keeps as many components as explain 95 % of the variance; `components=50`
# would keep 50. Each partition becomes counts, means and scatter; these are merged on the
# executors, and no feature comes to the driver.

# %%
pca = verger_spark.fit(features, components=0.95)
print(pca)

# %%
from itertools import accumulate

explained = list(accumulate(pca.explained_variance_ratio))
components = len(explained)
figure, plot = plt.subplots(figsize=(8, 4.5), layout="constrained")
plot.axhline(0.95, color="#D55E00", linestyle="--", linewidth=1)
plot.annotate("95%", (0, 0.95), (2, 3), textcoords="offset points", color="#D55E00")
plot.plot(range(1, components + 1), explained, color="#0072B2", linewidth=2)
plot.plot(components, explained[-1], "o", color="#0072B2")
plot.annotate(
    f"{components} of {pca.dimension:,} components: {explained[-1]:.1%}",
    (components, explained[-1]),
    (-4, -18),
    textcoords="offset points",
    ha="right",
)
plot.set(
    xlim=(0, components * 1.04), ylim=(0, 1.04), xlabel="components", ylabel="share of the variance"
)
plot.yaxis.set_major_formatter("{x:.0%}")
plot.set_title("Variance explained, cumulative", loc="left")
plot.grid(alpha=0.25)
plot.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# ## Project, save, load
#
# Each photo with features gets its `pca_features`. From here on we look at what was saved.

# %%
rows = features.where("error IS NULL").select("path", "label", "features")
verger_spark.project(rows, pca).write.mode("overwrite").parquet(f"{OUT}/results")

results = spark.read.parquet(f"{OUT}/results")
results.show(2)
print(f"Dimensions: ({results.count()}, {len(results.columns)})")

# %% [markdown]
# ## A map of the labels
#
# The first two components, a point a photo. Photos that look alike lie near each other. Eight
# colours can be distinguished by almost everyone, sixteen cannot: the first eight labels (colours
# of Okabe and Ito) are circles, the next eight (of Tol) triangles. Beyond 16 labels, those with
# the most photos have colours, and all others are grey.

# %%
from collections import Counter

points = results.selectExpr("label", "pca_features[0] AS x", "pca_features[1] AS y").collect()
labels = sorted(label for label, _ in Counter(point.label for point in points).most_common(16))
colours = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#000000"]
colours += ["#CC6677", "#332288", "#DDCC77", "#117733", "#88CCEE", "#882255", "#44AA99", "#999933"]

figure, plot = plt.subplots(figsize=(10, 6.5), layout="constrained")
for number, label in enumerate(labels):
    own = [point for point in points if point.label == label]
    plot.scatter(
        [point.x for point in own],
        [point.y for point in own],
        s=30,
        c=colours[number],
        marker="o^"[number // 8],
        edgecolors="white",
        linewidths=0.4,
        label=label,
    )
others = [point for point in points if point.label not in labels]
if others:
    x, y = [point.x for point in others], [point.y for point in others]
    plot.scatter(x, y, s=8, c="#DDDDDD", zorder=0, label="others")
first, second = pca.explained_variance_ratio[:2]
plot.set(xlabel=f"first component, {first:.0%}", ylabel=f"second component, {second:.0%}")
plot.set_title(f"{len(points):,} photos by their first two components", loc="left")
plot.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, markerscale=1.5)
plot.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# ## The whole in one command
#
# ```
# verger run PHOTOS OUT                      # on one machine, no Spark
# spark-submit deploy/emr/pca.py PHOTOS OUT  # on Spark
# ```
#
# Both write the same output, and each continues what it or the other began: if photos were added,
# only these are extracted. Unlike the cells above, they list rejects, and publish results whole or
# not at all. `docs/feature-format.md` describes the files in `OUT`; pandas, DuckDB and Spark read
# its `Results` as one table.
