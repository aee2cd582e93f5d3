using System.Diagnostics;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Versions;

/// <summary>A program that has finished.</summary>
/// <param name="ExitCode">Zero if it succeeded.</param>
/// <param name="Output">Everything it wrote, errors included.</param>
internal sealed record ProgramRun(int ExitCode, string Output)
{
    /// <summary>Runs a program without input, and kills it if it takes too long.</summary>
    /// <param name="program">The program's file.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="database">The connection string for its environment; null for none.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <exception cref="BenchException">It took too long.</exception>
    public static async Task<ProgramRun> RunAsync(
        string program, string[] arguments, string? database, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ServerProcess.LeaveOwnSettings(start);
        if (database is not null) start.Environment[ServerProcess.DatabaseVariable] = database;
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            process.StandardInput.Close();
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            var text = string.Concat(await Task.WhenAll(output, errors));
            await process.WaitForExitAsync(limit.Token);
            return new ProgramRun(process.ExitCode, text);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var command = string.Join(' ', [Path.GetFileName(program), .. arguments]);
            throw new BenchException($"'{command}' did not end within {timeout.TotalSeconds} s.");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
