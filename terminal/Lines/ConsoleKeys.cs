using System.Text;

namespace OrleansChat.Terminal.Lines;

/// <summary>The process's own keyboard. On Unix it yields bytes, each as a Latin-1 character: see <see cref="DecodedKeys"/>.</summary>
internal sealed class ConsoleKeys : IKeys
{
    private bool _isOpen;

    public bool Available => Console.KeyAvailable;

    public ConsoleKeyInfo Read()
    {
        // Any other encoding would turn what it cannot decode into U+FFFD.
        if (!_isOpen && !OperatingSystem.IsWindows())
            Console.InputEncoding = Encoding.Latin1;
        _isOpen = true;
        return Console.ReadKey(intercept: true);
    }

    /// <summary>The keyboard in its encoding.</summary>
    public static IKeys Open(Encoding encoding) =>
        OperatingSystem.IsWindows() ? new ConsoleKeys() : new DecodedKeys(new ConsoleKeys(), encoding);
}
