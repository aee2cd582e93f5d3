using System.Diagnostics;

namespace OrleansChat.Deployment.Tests.Scripts;

/// <summary>
/// A checkout with the commands of this one and hardly anything to build. What the commands call can be replaced: <see cref="Replace"/>.
/// </summary>
internal sealed class ScriptCheckout : IDisposable
{
    private static readonly string[] Files = ["run", "test", "chat", "accounts",
        "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("orleanschat-checkout-").FullName;

    public ScriptCheckout()
    {
        Directory.CreateDirectory(PathOf("bin"));
        // PostgreSQL's user gets there too.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        var scripts = Directory.GetFiles(Checkout.Find("scripts")).Select(path => Path.Combine("scripts", Path.GetFileName(path)));
        foreach (var file in Files.Concat(scripts))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
            File.Copy(Checkout.Find(file), PathOf(file));
        }
    }

    /// <summary>Variables for the commands.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string PathOf(string file) => Path.Combine(_folder, file);

    public void Write(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), content);
    }

    /// <summary>What is in a file, '' if there is none.</summary>
    public string Read(string file) => File.Exists(PathOf(file)) ? File.ReadAllText(PathOf(file)) : "";

    /// <summary>Puts a shell script in place of a program that the commands call. Its folder is in $CHECKOUT.</summary>
    public void Replace(string program, string script) => WriteProgram(Path.Combine("bin", program), script);

    /// <summary>Writes a shell script that can be run.</summary>
    public void WriteProgram(string file, string script)
    {
        Write(file, $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PathOf(file), (UnixFileMode)0b111_101_101);
    }

    /// <summary>Runs a command line in the checkout.</summary>
    public async Task<Ended> RunAsync(string script)
    {
        using var process = Start(script);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        return new Ended(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a command line in the checkout, with its streams redirected.</summary>
    public Process Start(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{PathOf("bin")}:{System.Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["CHECKOUT"] = _folder;
        start.Environment.Remove("Chat__Database");
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <param name="Status">The exit status.</param>
    /// <param name="Output">All of the standard output.</param>
    /// <param name="Errors">All of the standard error output.</param>
    internal sealed record Ended(int Status, string Output, string Errors);
}
