using System.Diagnostics;

namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>Waits for conditions that the protocol promises within a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until the answer is as wished; fails when the promised time has passed. Returns that answer.</summary>
    public static async Task<T> SeesAsync<T>(TimeSpan within, Func<Task<T>> ask, Func<T, bool> isWished)
    {
        var asked = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (isWished(answer)) return answer;
            Assert.True(asked.Elapsed < within, $"Not within {within}; last seen: {answer}");
            await Task.Delay(Pause);
        }
    }
}
