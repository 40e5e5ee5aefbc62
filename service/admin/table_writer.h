#ifndef WRIFTAI_SERVICE_ADMIN_TABLE_WRITER_H_
#define WRIFTAI_SERVICE_ADMIN_TABLE_WRITER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "service/admin/html_writer.h"

namespace wriftai {

// Writes a table of /statusz. Every cell knows the name of its column, because
// a narrow window shows each row as a list of names and values.
//
// Threads: one. The constructor begins the table, the destructor ends it.
// `html` must outlive it.
class TableWriter {
 public:
  struct Column {
    std::string name;
    bool is_number = false;
  };

  // `id`: of the box in which a wide table scrolls. `label`: its name for
  // screen readers.
  TableWriter(absl::string_view id, absl::string_view label,
              std::vector<Column> columns, HtmlWriter& html);
  ~TableWriter();
  TableWriter(const TableWriter&) = delete;
  TableWriter& operator=(const TableWriter&) = delete;

  // Begins the next row; the cells follow in the order of the columns.
  TableWriter& Row();

  TableWriter& Text(absl::string_view text);
  TableWriter& Code(absl::string_view text);

  // A number in the column's alignment. Zero is less prominent.
  TableWriter& Number(const std::string& text);
  TableWriter& Count(double count);

  // Any markup: Begin() returns the writer for it, until End().
  HtmlWriter& Begin();
  TableWriter& End();

 private:
  void Open(absl::string_view more_classes);

  const std::vector<Column> columns_;
  HtmlWriter& html_;
  size_t next_ = 0;  // The next column.
  bool in_row_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_TABLE_WRITER_H_
