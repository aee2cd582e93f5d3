using System.Diagnostics;

namespace OrleansChat.Storage.Tests;

/// <summary>The admin program, which comes along with the tests.</summary>
internal static class AdminProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it; its exit code, and all that it wrote.</summary>
    public static Task<(int Code, string Output)> RunAsync(Dictionary<string, string> environment, params string[] arguments) =>
        RunAsync(environment, [], arguments);

    /// <summary>Runs it with an input; its exit code, and all that it wrote.</summary>
    public static async Task<(int Code, string Output)> RunAsync(
        Dictionary<string, string> environment, byte[] input, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading.
        }
        var outputs = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync())
            .WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, string.Concat(outputs).TrimEnd());
    }

    /// <summary>Starts it, its streams redirected.</summary>
    public static Process Start(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "orleanschat-admin"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
