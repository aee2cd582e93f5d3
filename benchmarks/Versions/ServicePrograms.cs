namespace OrleansChat.Bench.Versions;

/// <summary>The built programs of a version.</summary>
/// <param name="Name">Of the version, for the tables.</param>
/// <param name="Silo">The silo's program.</param>
/// <param name="Admin">The operator's program.</param>
internal sealed record ServicePrograms(string Name, string Silo, string Admin);
