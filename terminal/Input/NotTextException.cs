using System.Text;

namespace OrleansChat.Terminal.Input;

/// <summary>Bytes that are not text. The message says where they are but does not quote them: they may be a password.</summary>
internal sealed class NotTextException(string where, Encoding encoding)
    : Exception($"{where} is not {encoding.WebName.ToUpperInvariant()}.");
