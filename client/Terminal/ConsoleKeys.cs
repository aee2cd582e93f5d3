namespace OrleansChat.Client.Terminal;

/// <summary>The process's own keyboard.</summary>
internal sealed class ConsoleKeys : IKeys
{
    public bool Available => Console.KeyAvailable;

    public ConsoleKeyInfo Read() => Console.ReadKey(intercept: true);
}
