using System.Text;

namespace OrleansChat.Terminal.Lines;

/// <summary>The process's own keyboard: on Unix its bytes, each as the character of Latin-1, see <see cref="DecodedKeys"/>.</summary>
internal sealed class ConsoleKeys : IKeys
{
    private bool _isOpen;

    public bool Available => Console.KeyAvailable;

    public ConsoleKeyInfo Read()
    {
        // Any other encoding would make U+FFFD of what it cannot decode.
        if (!_isOpen && !OperatingSystem.IsWindows())
            Console.InputEncoding = Encoding.Latin1;
        _isOpen = true;
        return Console.ReadKey(intercept: true);
    }

    /// <summary>The keyboard in its encoding.</summary>
    public static IKeys Open(Encoding encoding) =>
        OperatingSystem.IsWindows() ? new ConsoleKeys() : new DecodedKeys(new ConsoleKeys(), encoding);
}
