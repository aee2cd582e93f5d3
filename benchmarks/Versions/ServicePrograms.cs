namespace OrleansChat.Bench.Versions;

/// <summary>The built programs of a version.</summary>
/// <param name="Name">The version's name, for the tables.</param>
/// <param name="Silo">The path of the silo's program.</param>
/// <param name="Admin">The path of orleanschat-admin.</param>
internal sealed record ServicePrograms(string Name, string Silo, string Admin);
