using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Session;

/// <summary>
/// The token of the current session, and the file that keeps it between two runs. A token opens a mailbox, so only the file's owner
/// may read it (mode 0600). The file is replaced atomically, and its folder is created with mode 0700.
/// Errors are <see cref="ChatException"/> with <see cref="ExitCode.LocalFailure"/>.
/// </summary>
internal sealed class TokenStore
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string? _path;

    /// <param name="path">The file; null keeps the token in memory only.</param>
    /// <param name="token">A token that takes precedence over the file's; null reads the file.</param>
    public TokenStore(string? path, string? token = null)
    {
        _path = path;
        Token = token ?? Read();
        // U+FFFD stands for bytes that are not text.
        if (Token.Length > 0 && (!Requests.IsWord(Token) || Token.Contains('\uFFFD')))
            throw new ChatException(ExitCode.LocalFailure, $"There is no valid token in {(token is null ? path : "the environment")}.");
    }

    /// <summary>The current session's token; empty without one.</summary>
    public string Token { get; private set; }

    /// <summary>
    /// The default file: under <c>XDG_STATE_HOME</c>, or <c>~/.local/state</c>. Each server has its own, so that a token is shown only
    /// to the server that issued it.
    /// </summary>
    public static string DefaultPath(string host, int port, Func<string, string?> environment)
    {
        var state = environment("XDG_STATE_HOME") is { Length: > 0 } set && Path.IsPathRooted(set)
            ? set
            : Path.Combine(environment("HOME") ?? ".", ".local", "state");
        return Path.Combine(state, "orleanschat", $"{Uri.EscapeDataString(host)}-{port}.token");
    }

    /// <summary>Sets the current token and writes it to the file.</summary>
    public void Save(string token)
    {
        Token = token;
        if (_path is not null)
            Guard("write", () => Write(_path, token));
    }

    /// <summary>Forgets the current token, and deletes the file if it holds this token.</summary>
    public void Forget()
    {
        if (_path is not null && Read() == Token)
            Guard("remove", () => File.Delete(_path));
        Token = "";
    }

    private static void Write(string path, string token)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var draft = Path.Combine(folder, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerFile | UnixFileMode.UserExecute);
            options.UnixCreateMode = OwnerFile;
        }
        using (var writer = new StreamWriter(draft, options))
            writer.WriteLine(token);
        File.Move(draft, path, overwrite: true);
    }

    private string Read()
    {
        var token = "";
        if (File.Exists(_path))
            Guard("read", () => token = File.ReadAllText(_path).Trim());
        return token;
    }

    private void Guard(string verb, Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ChatException(ExitCode.LocalFailure, $"Cannot {verb} the token file {_path}.", failure);
        }
    }
}
