// Stands in for the attribute of Google.Protobuf that generated enums use.
namespace Google.Protobuf.Reflection {
  public class OriginalNameAttribute : System.Attribute {
    public OriginalNameAttribute(string name) { Name = name; }
    public string Name { get; }
    public bool PreferredAlias { get; set; }
  }
}
