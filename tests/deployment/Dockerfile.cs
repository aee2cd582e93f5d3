namespace OrleansChat.Deployment.Tests;

/// <summary>The Dockerfile's stages. It is written with one instruction a line.</summary>
internal static class Dockerfile
{
    public static IReadOnlyList<Stage> Read()
    {
        var stages = new List<Stage>();
        foreach (var line in Checkout.ReadLines("Dockerfile"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "FROM") stages.Add(new Stage(words[3], words[1], []));
            else stages[^1].Instructions.Add(words);
        }
        return stages;
    }

    /// <param name="Name">What follows AS.</param>
    /// <param name="From">An image, or an earlier stage.</param>
    /// <param name="Instructions">The words of each line behind FROM.</param>
    internal sealed record Stage(string Name, string From, List<string[]> Instructions)
    {
        public IEnumerable<string[]> All(string instruction) =>
            Instructions.Where(words => words[0] == instruction).Select(words => words[1..]);
    }
}
