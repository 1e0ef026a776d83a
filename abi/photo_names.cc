// Names below a folder to photos through the door.
#include "core/runs/photo_names.h"

#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "core/runs/printable.h"

extern "C" {

verger_status verger_walk_names(verger_text folder, verger_text root,
                                const struct ArrowArray* names,
                                const struct ArrowSchema* names_schema, struct ArrowArray* walked,
                                struct ArrowSchema* walked_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(walked != nullptr, "verger_walk_names: walked must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn texts,
                            abi::TextColumn::Find(names, names_schema, "name"));
    VERGER_ASSIGN_OR_RETURN(const abi::NumberColumn folders,
                            abi::NumberColumn::Find(names, names_schema, "folder"));
    std::vector<RawName> raw(static_cast<std::size_t>(texts.length()));
    for (std::size_t row = 0; row < raw.size(); ++row) {
      const auto position = static_cast<std::int64_t>(row);
      raw[row] = {texts[position], folders[position] != 0};
    }
    const std::string root_label = Printable(abi::AsText(root));
    abi::Integers rows;
    abi::Texts paths;
    abi::Texts labels;
    abi::Texts problems;
    std::vector<bool> rejected;
    for (const WalkedName& name : WalkNames(abi::AsText(folder), raw)) {
      rows.values.push_back(name.row);
      paths.Add(name.path);
      labels.Add(LabelOf(name.path, root_label));
      problems.Add(name.problem);
      rejected.push_back(!name.problem.empty());
    }
    const auto length = static_cast<std::int64_t>(rows.values.size());
    std::vector<abi::OutColumn> columns;
    columns.push_back({"row", {}, std::move(rows)});
    columns.push_back({"path", {}, std::move(paths)});
    columns.push_back({"label", {}, std::move(labels)});
    columns.push_back({"problem", std::move(rejected), std::move(problems)});
    abi::HandOut(std::move(columns), length, walked, walked_schema);
    return Ok();
  });
}

}  // extern "C"
